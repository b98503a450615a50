"""A gate between one agency and the gateway: shut, the gateway hears nothing of what the agency says, and the agency still hears the gateway.

So a process can be killed after it has done something and before its answer has left, without luck. Bytes only: TLS goes through as it is.
"""
import socket
import threading


class Gate:
    """Threads: its own, two a connection; the functions may be called from any."""

    def __init__(self, gateway_port):
        self._gateway = ("127.0.0.1", gateway_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._change = threading.Condition()
        self._shut = False
        self._passes = 0
        self._connections = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self):
        with self._change:
            self._shut = True

    def open(self):
        with self._change:
            self._shut = False
            self._change.notify_all()

    def let_pass(self):
        """What the agency has said so far goes through; what it says from now on is held."""
        with self._change:
            self._passes += 1
            self._change.notify_all()

    def cut(self):
        """Ends every connection: what was held is never heard."""
        with self._change:
            ended, self._connections = self._connections, set()
        for one in ended:
            self._close(one)

    def _accept(self):
        while True:
            agency, _ = self._listener.accept()
            try:
                gateway = socket.create_connection(self._gateway, timeout=5)
            except OSError:
                agency.close()  # the gateway is down
                continue
            gateway.settimeout(None)
            with self._change:
                self._connections |= {agency, gateway}
            threading.Thread(target=self._pump, args=(agency, gateway, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(gateway, agency, False), daemon=True).start()

    def _pump(self, of, to, held):
        try:
            while data := of.recv(65536):
                if held:
                    with self._change:
                        before = self._passes
                        self._change.wait_for(lambda: not self._shut or self._passes > before or of not in self._connections)
                        if of not in self._connections:
                            return
                to.sendall(data)
        except OSError:
            pass  # one of the two is gone: so is the connection
        finally:
            with self._change:
                self._connections -= {of, to}
                self._change.notify_all()
            self._close(of)
            self._close(to)

    @staticmethod
    def _close(one):
        try:
            one.shutdown(socket.SHUT_RDWR)  # wakes a thread that reads it
        except OSError:
            pass
        one.close()
