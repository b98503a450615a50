"""Papers 文书 of orders, fetched before the work; and files of receipts, put before the receipt is reported (server/docs/agency-guide.md 4 and 5).

Each is a plain file named by its SHA-256, which a clerk can open. One that is being fetched has the ending .part and as many whole parts as came:
after a lost connection or a death the next try goes on there. The folder only grows: take into your archive what you must keep, and delete the rest.
"""
import hashlib
import os

import grpc
from goldeneagle.v1 import blob_service_pb2 as api
from goldeneagle.v1.blob_service_pb2_grpc import BlobServiceStub

PART = 256 * 1024
BYTES_MOST = 32 << 20
ENDINGS = {"application/pdf": ".pdf", "application/ofd": ".ofd", "image/png": ".png", "image/jpeg": ".jpg"}
LIMIT = 20  # seconds, of every call
NO_ANSWER = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}  # says nothing about the file


class Missing(Exception):
    """The paper can't be had, or the file can't be put, now."""


class PaperFolder:
    def __init__(self, folder):
        self.folder, self.trusted = folder, set()

    def place(self, digest, media_type):
        return os.path.join(self.folder, digest.hex() + ENDINGS.get(media_type, ".bin"))

    def find(self, digest, media_type):
        """Where the content is; None when it isn't here. A file is hashed before this process first trusts it."""
        path = self.place(digest, media_type)
        if path in self.trusted or not os.path.exists(path):
            return path if path in self.trusted and os.path.exists(path) else None
        if not is_content(path, digest):
            return None
        self.trusted.add(path)
        return path

    def put(self, content, media_type):
        """Durable under its name; its digest."""
        digest = hashlib.sha256(content).digest()
        path = self.place(digest, media_type)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        with open(path + ".new", "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self.keep(path + ".new", path)
        return digest

    def keep(self, made, path):
        os.replace(made, path)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def fetch(self, blobs, order_id, named, may_go_on):
        """One paper of an order, from where the last try stopped; False when it may not go on. Missing: it can't be had; RpcError: no answer."""
        size, path = named.size_bytes, self.place(named.digest, named.media_type)
        if not 0 < size <= BYTES_MOST:
            raise Missing("it has %d bytes" % size)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        with open(path + ".part", "ab") as file:
            have = min(file.tell(), size) // PART * PART
            file.truncate(have)
            while have < size:
                if not may_go_on():
                    return False
                part = pulled(blobs, api.PullBlobPartRequest(order_id=order_id, digest=named.digest, part=have // PART))
                if part.size_bytes != size or len(part.content) != min(PART, size - have):
                    os.unlink(path + ".part")
                    raise Missing("its parts aren't those of the paper that the order names")
                file.write(part.content)
                file.flush()
                have += len(part.content)
            os.fsync(file.fileno())
        if not is_content(path + ".part", named.digest):
            os.unlink(path + ".part")
            raise Missing("its content isn't what its digest says")
        self.keep(path + ".part", path)
        return True

    def send(self, blobs, order_id, file):
        """A file of a receipt: what is there already is not sent again. Missing when the gateway is too busy, ValueError when it won't have it."""
        path = self.find(file.digest, file.media_type)
        if path is None:
            raise ValueError("it isn't in the folder any more")
        asked = api.PutBlobPartRequest(order_id=order_id, digest=file.digest, size_bytes=file.size_bytes, media_type=file.media_type)
        with open(path, "rb") as content:
            there = put(blobs, asked)
            while not there.complete:
                asked.part = there.parts_missing[0] if there.parts_missing else 0
                content.seek(asked.part * PART)
                asked.content = content.read(PART)
                if not asked.content:
                    raise ValueError("the gateway misses a part that isn't one")
                there = put(blobs, asked)


def pulled(blobs, request):
    try:
        return blobs.PullBlobPart(request, timeout=LIMIT)
    except grpc.RpcError as error:
        if error.code() in NO_ANSWER:
            raise
        raise Missing("%s %s" % (error.code().name, error.details())) from None


def put(blobs, request):
    try:
        return blobs.PutBlobPart(request, timeout=LIMIT)
    except grpc.RpcError as error:
        if error.code() in NO_ANSWER:
            raise
        why = "%s %s" % (error.code().name, error.details())
        raise (Missing(why) if error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED else ValueError(why)) from None


def is_content(path, digest):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest() == digest


def stub(channel):
    return BlobServiceStub(channel)
