"""The night: what runs on the driver."""

import argparse
import contextlib
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import time

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel
from pyspark.sql import SparkSession
from pyspark.sql import types as T

from . import binary, deal

SAMPLE_ROWS = 100_000
STAGES = "survey", "lookback", "score"  # in which executors work for the driver
READABLE = (T.StringType, T.BinaryType, T.BooleanType, T.NumericType, T.DateType, T.TimestampType, T.TimestampNTZType)


def run(table, name, flags, range_lines=500_000):
    """Runs the night over a DataFrame of order lines; returns winback's exit code.

    flags are those of winback run; name stands for the table in the manifest.
    """
    with tempfile.TemporaryDirectory(prefix="winback-") as folder:
        sample = os.path.join(folder, "sample.parquet")
        lines = table.select([deal.quoted(f.name) for f in table.schema.fields if isinstance(f.dataType, READABLE)])
        rows = lines.count()
        pq.write_table(sampled(lines, rows), sample)
        plan = json.loads(binary.output(["scale", "plan", "--sample", sample, *flags]))
        config = binary.output(["config", *[f for f in flags if not f.startswith("--dry-run")]]).encode()
        with open(sample, "rb") as file:
            task = deal.dealing(file.read(), config)
        lines = lines.select([deal.quoted(c) for c in plan["columns"]])
        ranges = deal.by_customer(lines, plan, max(1, math.ceil(rows / range_lines)))
        dealt = ranges.mapInArrow(task, "stream binary").persist(StorageLevel.DISK_ONLY)
        try:
            dealt.count()  # on all executors at once; the driver then takes range after range
            packages = os.path.join(folder, "packages")
            os.mkdir(packages)
            return drive(dealt, packages, ["--sample", sample, "--packages", packages, "--table", name, "--table-rows", str(max(rows, 1)), *flags])
        finally:
            dealt.unpersist()


def sampled(lines, rows):
    """Rows of the table: all of a small one."""
    if rows > SAMPLE_ROWS:
        lines = lines.sample(fraction=SAMPLE_ROWS / rows, seed=1)

    def packed(batches):
        for batch in batches:
            yield pa.RecordBatch.from_arrays([pa.array([batch.schema.serialize().to_pybytes()], pa.binary()), pa.array([batch.serialize().to_pybytes()], pa.binary())], names=["schema", "batch"])

    batches = []
    for row in lines.mapInArrow(packed, "schema binary, batch binary").collect():
        schema = pa.ipc.read_schema(pa.py_buffer(row["schema"]))
        batches.append(pa.ipc.read_record_batch(pa.py_buffer(row["batch"]), schema))
    if not batches:
        raise SystemExit("winback-spark: the table has no rows")
    return pa.Table.from_batches(batches)


def drive(dealt, packages, arguments):
    """Gives winback's driver all dealt ranges and, stage after stage, what the executors
    make of them once the driver has written the package of the stage."""
    with subprocess.Popen([binary.path(), "scale", "driver", *arguments], stdin=subprocess.PIPE) as process:
        try:
            feed(process.stdin, dealt)
            for stage in STAGES:
                package = os.path.join(packages, stage)
                if not written(package, process):
                    break
                with open(package, "rb") as file:
                    task = deal.stage(file.read())
                made = dealt.mapInArrow(task, "stream binary").persist(StorageLevel.DISK_ONLY)
                try:
                    made.count()
                    feed(process.stdin, made)
                finally:
                    made.unpersist()
            process.stdin.close()
        except BrokenPipeError:  # it has said why
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        except BaseException:
            process.kill()
            raise
    return process.returncode if process.returncode >= 0 else 1


def feed(out, streams):
    """Writes stream after stream, each behind its length, then 0."""
    for row in streams.toLocalIterator(prefetchPartitions=True):
        out.write(struct.pack("<Q", len(row["stream"])))
        out.write(row["stream"])
    out.write(struct.pack("<Q", 0))
    out.flush()


def written(path, process):
    """Waits for the file; whether it came before the process ended."""
    while process.poll() is None:
        if os.path.exists(path):
            return True
        time.sleep(0.1)
    return os.path.exists(path)


def main(arguments=None):
    """The entry of spark-submit: its own flags, then those of winback run."""
    asked = argparse.ArgumentParser(prog="winback_spark_run.py", description="The nightly batch of winback over a table that Spark reads. All other flags are those of winback run.", allow_abbrev=False)
    asked.add_argument("--orders", required=True, metavar="TABLE", help="a table of the catalog, or a path")
    asked.add_argument("--orders-format", default="parquet", metavar="FORMAT", help="what a path holds: parquet, delta, iceberg, ...")
    asked.add_argument("--range-lines", type=int, default=500_000, metavar="N", help="order lines to a range of customers, so to a task")
    own, flags = asked.parse_known_args(arguments)
    spark = SparkSession.builder.appName("winback").getOrCreate()
    try:
        table = spark.read.format(own.orders_format).load(own.orders) if "/" in own.orders else spark.table(own.orders)
        return run(table, own.orders, flags, own.range_lines)
    except binary.WinbackError as error:
        return error.code  # winback has said why
    except Exception as error:
        code = binary.code_in(str(error))
        print(f"winback-spark: {error}", file=sys.stderr)
        return code
    finally:
        spark.stop()
