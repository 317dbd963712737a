# The paths of the matrix as a Rack application, for puma.
require 'stringio'

run(lambda do |env|
  next [200, {}, ["#{env['rack.input'].read.bytesize} bytes\n"]] if env['REQUEST_METHOD'] == 'POST'

  case env['PATH_INFO']
  when '/ok' then [200, { 'content-length' => '3' }, ["ok\n"]]
  when '/error' then [500, { 'content-length' => '3' }, ["no\n"]]
  when '/big' then [200, { 'content-length' => '300000' }, ['x' * 300_000]]
  when '/chunked' then [200, {}, Enumerator.new { |out| out << 'one' << 'two' }]
  else [404, { 'content-length' => '8' }, ["missing\n"]]
  end
end)
