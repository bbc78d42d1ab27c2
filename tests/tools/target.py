#!/usr/bin/env python3
"""target.py - something to watch, whose health is switched while it runs.

    ok        200 with a small body        slow:2      the same after 2 s
    500 …     that status                  hang        takes the request, never answers
    refuse    nobody listens               garbage     bytes that are not HTTP
    truncated promises 100 bytes, sends 10, and closes

By itself: `target.py --port 8000 --control 8001`, then `curl -d refuse http://127.0.0.1:8001/`.
Nothing is printed."""
import argparse
import http.server
import socket
import struct
import threading

BODY = b'{"status": "ok", "version": "1.0"}\n'


class Target:
    def __init__(self, port=0, mode="ok"):
        self.mode, self.listener, self.count = mode, None, 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.port = port
        self.listen()
        self.url = f"http://127.0.0.1:{self.port}/"
        if mode == "refuse":
            self.refuse()

    def listen(self):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", self.port))
        s.listen(256)
        self.port, self.listener = s.getsockname()[1], s
        threading.Thread(target=self.accept, args=(s,), daemon=True).start()

    def refuse(self):
        s, self.listener = self.listener, None
        if s:
            try:
                s.shutdown(socket.SHUT_RDWR)    # wakes accept()
            except OSError:
                pass
            s.close()

    def set(self, mode):
        with self.lock:
            self.mode = mode
            if mode == "refuse":
                self.refuse()
            elif self.listener is None:
                self.listen()

    def stop(self):
        self.closing.set()
        self.refuse()

    def accept(self, s):
        while True:
            try:
                c, _ = s.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        try:
            with c:
                c.settimeout(30)
                head = b""
                while b"\r\n\r\n" not in head:
                    more = c.recv(4096)
                    if not more:
                        return
                    head += more
                self.count += 1
                self.answer(c)
        except OSError:
            pass

    def answer(self, c):
        mode, _, argument = self.mode.partition(":")
        if mode == "refuse":
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif mode == "hang":
            self.closing.wait(3600)
        elif mode == "garbage":
            c.sendall(b"\x00\x01SSH-2.0-not-http\r\n\r\n\xff\xfe")
        elif mode == "truncated":
            c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.")
        else:
            if mode == "slow":
                self.closing.wait(float(argument or 1))
            status = int(mode) if mode.isdigit() else 200
            c.sendall(b"HTTP/1.1 %d It\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                      b"Connection: close\r\n\r\n%s" % (status, len(BODY), BODY))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--control", type=int, required=True)
    p.add_argument("--mode", default="ok")
    o = p.parse_args()
    target = Target(o.port, o.mode)

    class Control(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            target.set(self.rfile.read(int(self.headers.get("content-length") or 0)).decode().strip())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    try:
        http.server.HTTPServer(("127.0.0.1", o.control), Control).serve_forever()
    except KeyboardInterrupt:
        target.stop()


if __name__ == "__main__":
    main()
