"""Arrow IPC streams with an end record, as winback reads and writes them.

The end record is 48 bytes behind the stream: b"winbEND1", the rows (64 bits, lowest
byte first) and the SHA-256 of all bytes before it. Without it a stream that was cut
behind a batch would be taken for a whole one.
"""

import hashlib
import io
import struct

import pyarrow as pa


class _Digesting(io.RawIOBase):
    """Passes bytes on and digests them."""

    def __init__(self, out):
        self.out, self.digest = out, hashlib.sha256()

    def writable(self):
        return True

    def write(self, data):
        self.digest.update(data)
        self.out.write(data)
        return len(data)


def write(out, schema, batches):
    """Writes record batches and the end record."""
    sink = _Digesting(out)
    rows = 0
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
            rows += batch.num_rows
    out.write(struct.pack("<8sQ32s", b"winbEND1", rows, sink.digest.digest()))
