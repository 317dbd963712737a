"""Asks for the paths of the matrix when stdin says where, with urllib."""
import ssl
import sys
import urllib.error
import urllib.request

print("ready", flush=True)
root = sys.stdin.readline().strip()
for path in ["/ok", "/ok", "/echo", "/missing", "/error", "/chunked", "/big"]:
    request = urllib.request.Request(root + path, data=b"y" * 1000 if path == "/echo" else None)
    try:
        with urllib.request.urlopen(request, context=ssl._create_unverified_context()) as answer:
            answer.read()
            print(answer.status)
    except urllib.error.HTTPError as error:
        error.read()
        print(error.code)
