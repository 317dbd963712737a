"""The paths of the matrix as a WSGI application, for gunicorn."""


def application(environ, start_response):
    path, body = environ["PATH_INFO"], b"missing\n"
    status = "404 Not Found"
    if environ["REQUEST_METHOD"] == "POST":
        status, body = "200 OK", b"%d bytes\n" % len(environ["wsgi.input"].read())
    elif path == "/ok":
        status, body = "200 OK", b"ok\n"
    elif path == "/error":
        status, body = "500 Internal Server Error", b"no\n"
    elif path == "/big":
        status, body = "200 OK", b"x" * 300000
    elif path == "/chunked":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([b"one", b"two"])
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
