"""Conversations of python-h2 (with python-hpack) as JSON lines, and what was said in them.

http2_oracle.py SEED COUNT: {"sent": hex} and {"received": hex} as the client sees it, in the order of the wire, then the finished exchanges as
{"exchange": {...}}, then {"end": true}, for each of COUNT connections.
"""
import json
import random
import sys

import h2.config
import h2.connection
import h2.settings


class Conversation:
    def __init__(self, rng):
        self.rng = rng
        self.client = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.server = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.open = {}
        self.resized = []
        self.paths = 0
        self.client.initiate_connection()
        self.server.initiate_connection()
        self.flush()

    def flush(self):
        while True:
            sent, received = self.client.data_to_send(), self.server.data_to_send()
            if not sent and not received:
                return
            if sent:
                print(json.dumps({"sent": sent.hex()}))
                self.take(self.server, sent)
            if received:
                print(json.dumps({"received": received.hex()}))
                self.take(self.client, received)

    @staticmethod
    def take(peer, data):
        for event in peer.receive_data(data):
            if hasattr(event, "flow_controlled_length"):
                peer.acknowledge_received_data(event.flow_controlled_length, event.stream_id)

    def extra(self):
        rng = self.rng
        fields = [("user-agent", "oracle/1"), ("x-" + "abcdef"[rng.randrange(6)], "v" * rng.randrange(60))]
        if rng.random() < 0.1:
            fields.append(("cookie", "c" * rng.randrange(3000, 40000)))
        if rng.random() < 0.3:
            fields.append(("x-odd", "".join(chr(rng.randrange(33, 126)) for _ in range(rng.randrange(40)))))
        return fields[: rng.randrange(len(fields) + 1)]

    def request(self):
        rng = self.rng
        stream = self.client.get_next_available_stream_id()
        grpc = rng.random() < 0.3
        self.paths += 1
        what = {
            "method": "POST" if grpc else rng.choice(["GET", "GET", "POST", "PUT"]),
            "path": f"/{'pkg.Service' if grpc else 'items'}/{self.paths}" + rng.choice(["", "", "é"]),
            "authority": rng.choice(["example.org", "localhost:8443"]),
            "grpc": None, "status": 0, "request": 0, "response": 0, "reset": False,
        }
        fields = [(":method", what["method"]), (":path", what["path"]), (":scheme", "http"), (":authority", what["authority"])]
        if grpc:
            fields += [("content-type", rng.choice(["application/grpc", "application/grpc+proto"])), ("te", "trailers")]
        fields += self.extra()
        body = rng.choice([0, 0, 5, 20000]) if what["method"] != "GET" else 0
        priority = {"priority_weight": 10} if rng.random() < 0.2 and len(str(fields)) < 3000 else {}
        self.client.send_headers(stream, fields, end_stream=body == 0, **priority)
        self.open[stream] = (what, body, grpc)

    def answer(self):
        rng = self.rng
        stream = rng.choice(list(self.open))
        what, body, grpc = self.open.pop(stream)
        self.send(self.client, stream, body, end=True)
        what["request"] = body
        self.flush()
        if rng.random() < 0.1:
            rng.choice([self.client, self.server]).reset_stream(stream, rng.choice([0, 2, 7, 8]))
            what["reset"] = True
        elif grpc:
            self.answer_call(stream, what)
        else:
            self.answer_request(stream, what)
        print(json.dumps({"exchange": what}))

    def answer_request(self, stream, what):
        rng = self.rng
        if rng.random() < 0.2:
            self.server.send_headers(stream, [(":status", "103"), ("link", "</a>")])
        what["status"] = rng.choice([200, 200, 204, 302, 404, 418, 500, 503])
        what["response"] = rng.choice([0, 3, 30000])
        trailers = rng.random() < 0.2
        self.server.send_headers(stream, [(":status", str(what["status"]))] + self.extra(), end_stream=what["response"] == 0 and not trailers)
        self.send(self.server, stream, what["response"], end=not trailers)
        if trailers:
            self.server.send_headers(stream, [("x-checksum", "abc")], end_stream=True)

    def answer_call(self, stream, what):
        rng = self.rng
        what["status"], what["grpc"] = 200, rng.choice([0, 0, 5, 13])
        status = ("grpc-status", str(what["grpc"]))
        head = [(":status", "200"), ("content-type", "application/grpc")]
        if rng.random() < 0.3:
            self.server.send_headers(stream, head + [status], end_stream=True)
            return
        what["response"] = rng.choice([5, 100, 20000])
        self.server.send_headers(stream, head)
        self.send(self.server, stream, what["response"], end=False)
        self.server.send_headers(stream, [status], end_stream=True)

    def send(self, peer, stream, size, end):
        while size > 0:
            part = min(size, self.rng.choice([10, 1000, 16000]))
            size -= part
            padding = self.rng.choice([None, None, 0, 7, 200])
            peer.send_data(stream, b"\0\0\4\x08\0\0\0\0\1" * (part // 9) + b"x" * (part % 9), end_stream=end and size == 0, pad_length=padding)
            self.flush()

    def chatter(self):
        peer = self.rng.choice([self.client, self.server])
        if self.rng.random() < 0.5 or peer in self.resized:
            peer.ping(b"12345678")
        else:
            self.resized.append(peer)  # python-h2 breaks when it is done twice
            peer.update_settings({h2.settings.SettingCodes.HEADER_TABLE_SIZE: self.rng.choice([0, 200, 1000, 4096])})

    def run(self, steps):
        for _ in range(steps):
            choice = self.rng.random()
            if choice < 0.1:
                self.chatter()
            elif choice < 0.6 or not self.open:
                self.request()
            else:
                self.answer()
            self.flush()
        while self.open:
            self.answer()
            self.flush()
        print(json.dumps({"end": True}))


if __name__ == "__main__":
    for index in range(int(sys.argv[2])):
        Conversation(random.Random(int(sys.argv[1]) * 1000 + index)).run(40)
