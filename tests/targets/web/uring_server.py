# uring_server.py PORT: HTTP/1.1 on one connection after another; all bytes go over by io_uring (io_uring_setup(2), io_uring_enter(2)), none by socket calls.
import ctypes
import mmap
import socket
import struct
import sys

SETUP, ENTER = 425, 426  # system calls
SEND, RECV = 26, 27  # opcodes, include/uapi/linux/io_uring.h
SQ_RING, CQ_RING, SQES = 0, 0x8000000, 0x10000000  # offsets for mmap
GETEVENTS = 1

libc = ctypes.CDLL(None, use_errno=True)


def syscall(*arguments):
    result = libc.syscall(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "io_uring")
    return result


class Ring:
    """A ring with one entry in flight."""

    def __init__(self):
        parameters = ctypes.create_string_buffer(120)
        self.fd = syscall(SETUP, 1, parameters)
        # struct io_uring_params: ten words, then the offsets within both rings, ten words each
        sq = struct.unpack_from("10I", parameters, 40)
        cq = struct.unpack_from("10I", parameters, 80)
        self.sq_tail, self.sq_mask, self.sq_array = sq[1], sq[2], sq[6]
        self.cq_head, self.cq_mask, self.cqes = cq[0], cq[2], cq[5]
        entries_sq, entries_cq = struct.unpack_from("2I", parameters, 0)
        self.sq = mmap.mmap(self.fd, sq[6] + 4 * entries_sq, offset=SQ_RING)
        self.cq = mmap.mmap(self.fd, cq[5] + 16 * entries_cq, offset=CQ_RING)
        self.sqes = mmap.mmap(self.fd, 64 * entries_sq, offset=SQES)

    def run(self, opcode, fd, buffer, length):
        """One operation to its end; returns its result."""
        tail = struct.unpack_from("I", self.sq, self.sq_tail)[0]
        index = tail & struct.unpack_from("I", self.sq, self.sq_mask)[0]
        self.sqes[64 * index:64 * index + 64] = struct.pack("BBHiQQI36x", opcode, 0, 0, fd, 0, ctypes.addressof(buffer), length)
        struct.pack_into("I", self.sq, self.sq_array + 4 * index, index)
        struct.pack_into("I", self.sq, self.sq_tail, tail + 1)
        syscall(ENTER, self.fd, 1, 1, GETEVENTS, None, 0)
        head = struct.unpack_from("I", self.cq, self.cq_head)[0]
        result = struct.unpack_from("i", self.cq, self.cqes + 16 * (head & struct.unpack_from("I", self.cq, self.cq_mask)[0]) + 8)[0]
        struct.pack_into("I", self.cq, self.cq_head, head + 1)
        return result


ring = Ring()
request = ctypes.create_string_buffer(4096)
response = ctypes.create_string_buffer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = server.accept()
    while ring.run(RECV, connection.fileno(), request, len(request)) > 0:
        ring.run(SEND, connection.fileno(), response, len(response) - 1)
    connection.close()
