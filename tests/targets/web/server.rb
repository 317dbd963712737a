# WEBrick with the paths of the matrix: server.rb PORT [CERTIFICATE KEY].
require 'webrick'
require 'webrick/https'

options = { Port: ARGV[0].to_i, BindAddress: '127.0.0.1', AccessLog: [], Logger: WEBrick::Log.new(File::NULL) }
if ARGV[1]
  options.merge!(SSLEnable: true, SSLCertificate: OpenSSL::X509::Certificate.new(File.read(ARGV[1])), SSLPrivateKey: OpenSSL::PKey.read(File.read(ARGV[2])))
end
server = WEBrick::HTTPServer.new(options)
server.mount_proc('/') do |request, response|
  status, body =
    if request.request_method == 'POST' then [200, "#{request.body.bytesize} bytes\n"]
    else { '/ok' => [200, "ok\n"], '/error' => [500, "no\n"], '/big' => [200, 'x' * 300_000], '/chunked' => [200, 'onetwo'] }.fetch(request.path, [404, "missing\n"])
    end
  response.status = status
  response.chunked = true if request.path == '/chunked'
  response.body = body
end
server.start
