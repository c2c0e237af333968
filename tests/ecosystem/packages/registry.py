"""A registry of npm on this machine: takes what `npm publish` sends, and gives it to `npm install`.

Prints its address. Ends when its standard input ends.
"""

import base64
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

packages, tarballs = {}, {}


class Registry(BaseHTTPRequestHandler):
    def do_PUT(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if sent["name"] in packages:
            return self.answer(409, {"error": "published before"})
        for name, file in sent.pop("_attachments").items():
            tarballs[f"/-/{name}"] = base64.b64decode(file["data"])
            for version in sent["versions"].values():
                version["dist"]["tarball"] = f"http://{self.headers['Host']}/-/{name}"
        packages[sent["name"]] = sent
        self.answer(201, {"ok": True})

    def do_GET(self):
        path = unquote(self.path.split("?")[0])
        if path in tarballs:
            return self.send(200, tarballs[path])
        found = packages.get(path[1:])
        self.answer(200 if found else 404, found or {"error": "not found"})

    def answer(self, status, value):
        self.send(status, json.dumps(value).encode())

    def send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
sys.stdin.read()
