# server.py PORT [CERTIFICATE KEY]: HTTPS, or HTTP without a certificate; a thread per connection, OpenSSL on the socket itself.
#   GET /bytes/N   200 with N bytes      GET /status/N   that status      POST /length   200 with the length of the body
import http.server
import ssl
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        _, kind, number = self.path.split("/")
        if kind == "status":
            self.answer(int(number), b"status")
        else:
            self.answer(200, b"x" * int(number))

    def do_POST(self):
        self.answer(200, str(len(self.rfile.read(int(self.headers["Content-Length"])))).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # connections come all at once


port, *identity = sys.argv[1:]
server = Server(("127.0.0.1", int(port)), Handler)
if identity:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*identity)
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
