"""The configuration file, and what is done with it first: the directory under pinned keys, the channel."""
import os
import sys
import tomllib

import grpc
from goldeneagle.v1 import envelope_pb2

from .directory import Directory

REQUIRED = {"gateway": ("address", "authority"), "system": ("agency", "certificate", "key", "receipt_key", "data"),
            "trust": ("environment", "registrars"), "contact": ("name", "phone")}
PAPER_RULES = ("ignore", "wait", "return")


class Settings:
    """A TOML file; its sections are in `values`. Paths in it are relative to its own folder. What is missing is said at once, all of it."""

    def __init__(self, file):
        with open(file, "rb") as text:
            self.values = tomllib.load(text)
        self.folder = os.path.dirname(os.path.abspath(file))
        wrong = ["[%s] %s is missing" % (section, name) for section, names in REQUIRED.items() for name in names
                 if not self.get(section, name)]
        if self.get("trust", "environment") not in (None, "test", "production"):
            wrong.append("[trust] environment is test or production")
        if self.get("papers", "rule", "ignore") not in PAPER_RULES:
            wrong.append("[papers] rule is one of " + ", ".join(PAPER_RULES))
        if self.get("trust", "environment") == "production" and not self.get("trust", "log_key"):
            wrong.append("[trust] log_key is missing: without it nobody sees that a revocation was kept from us")
        if wrong:
            sys.exit("%s: %s" % (file, "; ".join(wrong)))
        self.agency = self.get("system", "agency")
        self.environment = envelope_pb2.Environment.Value("ENVIRONMENT_" + self.get("trust", "environment").upper())

    def get(self, section, name, otherwise=None):
        return self.values.get(section, {}).get(name, otherwise)

    def path(self, section, name, otherwise=None):
        given = self.get(section, name, otherwise)
        return given and os.path.join(self.folder, given)

    def data(self):
        """The file of the inbox; in a folder of that name when it is one."""
        path = self.path("system", "data")
        return os.path.join(path, "inbox.db") if os.path.isdir(path) else path

    def directory(self):
        """An empty one under the pinned registrars."""
        return Directory(self.get("trust", "registrars"), self.get("trust", "registrar_threshold", 2), self.environment)

    def channel(self):
        """Mutual TLS to the gateway, through no proxy."""
        authority, key, certificate = (open(self.path(*name), "rb").read() for name in (("gateway", "authority"), ("system", "key"), ("system", "certificate")))
        credentials = grpc.ssl_channel_credentials(authority, key, certificate)
        return grpc.secure_channel(self.get("gateway", "address"), credentials, options=[("grpc.enable_http_proxy", 0)])
