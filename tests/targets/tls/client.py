# client.py: gets each URL of stdin and answers with a line. "late" first loads OpenSSL then, not at the start. "asyncio" takes memory BIOs.
# "pool THREADS REQUESTS PORT...": THREADS threads, 8 connections to each port, the thread and the number of the request in the path.
import queue
import sys
import threading


def context():
    import ssl
    return ssl._create_unverified_context()


connections = {}


def get(url):
    import http.client

    authority, path = url.removeprefix("https://").split("/", 1)
    if authority not in connections:
        connections[authority] = http.client.HTTPSConnection(authority, context=context())
    connections[authority].request("GET", "/" + path)
    response = connections[authority].getresponse()
    response.read()
    return response.status


def get_by_asyncio(url):
    import asyncio

    async def go():
        authority, path = url.removeprefix("https://").split("/", 1)
        host, port = authority.split(":")
        reader, writer = await asyncio.open_connection(host, int(port), ssl=context())
        writer.write(f"GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer.split()[1].decode()

    return asyncio.run(go())


def pool(threads, requests, *ports):
    import http.client

    shared, free = context(), {port: queue.Queue() for port in ports}
    for port in ports:
        for _ in range(8):
            free[port].put(http.client.HTTPSConnection("127.0.0.1", int(port), context=shared))

    def work(thread):
        for i in range(requests):
            port = ports[(thread + i) % len(ports)]
            connection = free[port].get()
            connection.request("GET", f"/{port}/{thread}/{i}")
            connection.getresponse().read()
            free[port].put(connection)

    workers = [threading.Thread(target=work, args=(thread,)) for thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return threads * requests


if sys.argv[1:] != ["late"]:
    import http.client  # loads OpenSSL, too
print("ready", flush=True)
for line in sys.stdin:
    words = line.split()
    if words[0] == "pool":
        print(pool(int(words[1]), int(words[2]), *words[3:]), flush=True)
    elif words[0] == "asyncio":
        print(get_by_asyncio(words[1]), flush=True)
    else:
        print(get(words[0]), flush=True)
