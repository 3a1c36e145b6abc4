"""Order lines to histories by ranges of customers, on the executors."""

import os
import tempfile

import pyarrow as pa
from pyspark.sql import functions as F
from pyspark.sql import types as T

from . import binary, wire

MOST_BYTES = (1 << 31) - 1  # of a binary value in Spark


def customer_id(column, kind):
    """The id as winback writes it, so that Spark's ranges are those of winback's order.

    Where the two differ all the same, winback finds a customer in two ranges and stops.
    """
    text = column.cast("string")
    if isinstance(kind, (T.FloatType, T.DoubleType)):
        text = F.when(column == F.floor(column), column.cast("decimal(38,0)").cast("string")).otherwise(text)
    blank = r"[\s\p{Z}\p{Cf}\x{85}]"
    written = F.regexp_replace(text, f"^{blank}+|{blank}+$", "")
    written = F.regexp_replace(written, f'^="{blank}*(.*?){blank}*"$', "$1")
    written = F.regexp_replace(written, f'^"{blank}*([^"]+?){blank}*"$', "$1")
    written = F.regexp_replace(written, "^'([0-9]+)$", "$1")
    written = F.regexp_replace(written, r"^(-?[0-9]+)\.0*$", "$1")
    return F.when(text.rlike("^[A-Za-z0-9_-]+$"), text).otherwise(written)


def by_customer(lines, plan, partitions):
    """The lines in ranges of customers; those without a customer are spread."""
    column = F.col(quoted(plan["customer"]))
    key = customer_id(column, lines.schema[plan["customer"]].dataType)
    words = [word.lower() for word in plan["no_customer"]]
    nobody = key.isNull() | (key == "") | F.lower(key).isin([w for w in words if not w.endswith("*")]) | key.rlike("^0+$")
    for word in words:
        if word.endswith("*"):
            nobody |= F.lower(key).startswith(word[:-1])
    spread = F.when(nobody, F.xxhash64(*[F.col(quoted(c)) for c in plan["columns"]])).otherwise(F.lit(0))
    return lines.repartitionByRange(partitions, F.when(~nobody, key), spread)


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def dealing(sample, config):
    """What a task does with its range: a function for mapInArrow."""

    def deal(batches):
        batches = (b for b in batches if b.num_rows)
        first = next(batches, None)
        if first is None:
            return
        with tempfile.TemporaryDirectory(prefix="winback-") as folder:
            arguments = ["kernel", "deal", "--workers", "1"]
            for name, content in ("sample.parquet", sample), ("config.yaml", config):
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(content)
                arguments += ["--" + name.split(".")[0], path]

            def lines():
                yield first
                yield from batches

            yield carried(binary.piped(arguments, lambda out: wire.write(out, first.schema, lines())))

    return deal


def stage(package):
    """What a task does with each dealt range in a stage: a function for mapInArrow.

    package is what winback's driver has written for that stage.
    """

    def work(batches):
        with tempfile.TemporaryDirectory(prefix="winback-") as folder:
            path = os.path.join(folder, "package")
            with open(path, "wb") as file:
                file.write(package)
            for batch in batches:
                for dealt in batch.column(0):
                    yield carried(binary.piped(["kernel", "stage", "--package", path], lambda out: out.write(dealt.as_buffer())))

    return work


def carried(stream):
    """A stream of winback as a row."""
    if len(stream) > MOST_BYTES:
        raise ValueError(f"one range has {len(stream)} bytes, Spark carries {MOST_BYTES}: ask for smaller ranges with --range-lines")
    return pa.RecordBatch.from_arrays([pa.array([stream], pa.binary())], names=["stream"])
