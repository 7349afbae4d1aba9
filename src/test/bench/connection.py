"""One HTTP/1.1 connection to a registry that costs the client as little CPU as can be, since it shares the cores with
the server it measures: bodies are sent with sendfile, answers are thrown away in the kernel."""
import hashlib
import os
import socket
import urllib.parse

MIB = 1 << 20
MSG_TRUNC = getattr(socket, 'MSG_TRUNC', 0x20)
SCRATCH = bytearray(4 * MIB)
OCTETS = {'Content-Type': 'application/octet-stream'}


class HttpError(Exception):
    """An answer other than the one that was asked for."""


def sha256(content):
    return 'sha256:' + hashlib.sha256(content).hexdigest()


class Body:
    """`size` bytes that no registry has seen: a random file, the same for all bodies of that size, and a fresh tail. The
    state of the hash over the file is kept, so a new digest costs nothing."""
    files = {}

    @classmethod
    def prepare(cls, size, directory):
        if size in cls.files:
            return
        path, digest = os.path.join(directory, 'body-%d' % size), hashlib.sha256()
        with open(path, 'wb') as file:
            left = size - 32
            while left:
                piece = os.urandom(min(8 * MIB, left))
                file.write(piece)
                digest.update(piece)
                left -= len(piece)
        cls.files[size] = os.open(path, os.O_RDONLY), digest

    def __init__(self, size):
        self.file, digest = self.files[size]
        self.size, self.tail = size, os.urandom(32)
        digest = digest.copy()
        digest.update(self.tail)
        self.digest = 'sha256:' + digest.hexdigest()

    @property
    def in_file(self):
        return self.size - len(self.tail)


class Connection:
    def __init__(self, port):
        self.port, self.socket, self.buffer = port, None, b''

    def open(self):
        if self.socket is None:
            self.socket = socket.create_connection(('127.0.0.1', self.port), timeout=600)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.settimeout(None)
            self.buffer = b''
        return self

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def request(self, method, path, headers=None, body=b'', discard=False):
        """Status, headers and body of the answer; of the body only its length if `discard`."""
        headers = dict(headers or {})
        if method in ('POST', 'PUT', 'PATCH'):
            headers.setdefault('Content-Length', str(len(body)))
        for last in (False, True):
            self.open()
            try:
                self.socket.sendall(self.head(method, path, headers) + body)
                return self.response(method, discard)
            except (OSError, HttpError):
                self.close()  # the server may have ended an idle connection
                if last or method not in ('GET', 'HEAD', 'DELETE'):
                    raise

    def expect(self, status, method, path, headers=None, body=b'', discard=False):
        answer = self.request(method, path, headers, body, discard)
        if answer[0] != status:
            raise HttpError('%s %s -> %d %s' % (method, path[:120], answer[0], str(answer[2])[:200]))
        return answer

    # ------------------------------------------------------------ pushes

    def push(self, repository, content):
        """POST and PUT of a small blob; its digest."""
        digest = sha256(content)
        self.expect(201, 'PUT', with_digest(self.start_upload(repository), digest), OCTETS, content)
        return digest

    def push_whole(self, repository, body):
        """POST, then everything in one PUT."""
        upload = self.start_upload(repository)
        self.socket.sendall(self.head('PUT', with_digest(upload, body.digest), dict(
            OCTETS, **{'Content-Length': str(body.size)})))
        self.send_file(body, 0, body.in_file)
        self.socket.sendall(body.tail)
        self.check(201, 'PUT')

    def push_stream(self, repository, body, chunk=65536):
        """POST, one PATCH with chunked transfer coding, PUT: as docker push does."""
        self.socket.sendall(self.head('PATCH', self.start_upload(repository), dict(
            OCTETS, **{'Transfer-Encoding': 'chunked'})))
        offset, before = 0, b''
        while offset < body.in_file:
            length = min(chunk, body.in_file - offset)
            self.socket.sendall(before + b'%x\r\n' % length, socket.MSG_MORE)
            self.send_file(body, offset, length)
            offset, before = offset + length, b'\r\n'
        self.socket.sendall(before + b'%x\r\n' % len(body.tail) + body.tail + b'\r\n0\r\n\r\n')
        self.expect(201, 'PUT', with_digest(self.check(202, 'PATCH'), body.digest))

    def push_ranges(self, repository, body, chunk):
        """POST, many PATCH requests with Content-Range, PUT: as chunking clients do."""
        upload, offset = self.start_upload(repository), 0
        while offset < body.in_file:
            length = min(chunk, body.in_file - offset)
            tail = body.tail if offset + length == body.in_file else b''
            self.socket.sendall(self.head('PATCH', upload, dict(OCTETS, **{
                'Content-Length': str(length + len(tail)),
                'Content-Range': '%d-%d' % (offset, offset + length + len(tail) - 1)})))
            self.send_file(body, offset, length)
            self.socket.sendall(tail)
            upload, offset = self.check(202, 'PATCH'), offset + length
        self.expect(201, 'PUT', with_digest(upload, body.digest))

    def start_upload(self, repository):
        return location(self.expect(202, 'POST', '/v2/%s/blobs/uploads/' % repository)[1])

    def send_file(self, body, offset, length):
        while length:
            sent = os.sendfile(self.socket.fileno(), body.file, offset, length)
            offset, length = offset + sent, length - sent

    def check(self, status, method):
        """The Location of an answer that must have this status."""
        got, headers, body = self.response(method)
        if got != status:
            raise HttpError('%s -> %d %s' % (method, got, body[:200]))
        return location(headers)

    # ------------------------------------------------------------ the wire

    def head(self, method, path, headers):
        lines = ['%s %s HTTP/1.1' % (method, path), 'Host: 127.0.0.1:%d' % self.port]
        lines += ['%s: %s' % header for header in headers.items()]
        return ('\r\n'.join(lines) + '\r\n\r\n').encode()

    def response(self, method, discard=False):
        status, headers = 100, {}
        while status == 100:
            status, headers = int(self.line().split(None, 2)[1]), {}
            for line in iter(self.line, b''):
                name, _, value = line.partition(b':')
                headers[name.strip().lower().decode()] = value.strip().decode('latin1')
        if method == 'HEAD' or status in (204, 304):
            body = b''
        elif headers.get('transfer-encoding', '').lower() == 'chunked':
            body = b''.join(self.chunks())
        else:
            length = int(headers.get('content-length', 0))
            body = self.drain(length) if discard else self.read(length)
        if headers.get('connection', '').lower() == 'close':
            self.close()
        return status, headers, len(body) if discard and isinstance(body, bytes) else body

    def chunks(self):
        while True:
            length = int(self.line().split(b';')[0], 16)
            if length == 0:
                while self.line():
                    pass
                return
            yield self.read(length)
            self.line()

    def line(self):
        while b'\n' not in self.buffer:
            self.buffer += self.receive(65536)
        line, self.buffer = self.buffer.split(b'\n', 1)
        return line.rstrip(b'\r')

    def read(self, length):
        pieces, got = [self.buffer[:length]], min(length, len(self.buffer))
        self.buffer = self.buffer[got:]
        while got < length:
            pieces.append(self.receive(min(MIB, length - got)))
            got += len(pieces[-1])
        return b''.join(pieces)

    def receive(self, most):
        piece = self.socket.recv(most)
        if not piece:
            raise HttpError('connection closed')
        return piece

    def drain(self, length):
        got = min(length, len(self.buffer))
        self.buffer = self.buffer[got:]
        while got < length:
            taken = self.socket.recv_into(SCRATCH, min(len(SCRATCH), length - got), MSG_TRUNC)
            if taken <= 0:
                raise HttpError('connection closed in a body')
            got += taken
        return got


def location(headers):
    """Path and query of a Location, which may be absolute; empty without one."""
    parts = urllib.parse.urlsplit(headers.get('location', ''))
    return parts.path + ('?' + parts.query if parts.query else '')


def with_digest(upload, digest):
    return upload + ('&' if '?' in upload else '?') + 'digest=' + digest
