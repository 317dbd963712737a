"""http.server with the paths of the matrix: server.py PORT [CERTIFICATE KEY]. Keeps connections, one thread each."""
import http.server
import ssl
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
            return
        status, body = {"/ok": (200, b"ok\n"), "/error": (500, b"no\n"), "/big": (200, b"x" * 300000)}.get(self.path, (404, b"missing\n"))
        self.answer(status, body)

    def do_POST(self):
        self.answer(200, b"%d bytes\n" % len(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    # The handshake is the handler's thread's work.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
