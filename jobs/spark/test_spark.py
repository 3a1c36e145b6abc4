"""winback-spark on Spark in this process against winback run: make test-spark.

Needs PySpark, pyarrow, Java and the program at SPARK_WINBACK_BINARY.
"""

import filecmp
import os
import stat
import subprocess
import sys
import tempfile
import unittest

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from winback_spark import binary, deal, night

# Once armed, kills the program, and then the Python worker that has called it, each in the
# middle of one range; the tasks that they belonged to are repeated.
KILLER = """#!/bin/bash
if [ "$1" = kernel -a -d {folder}/armed ]; then
if mkdir {folder}/program 2>/dev/null; then head -c 1000 >/dev/null; kill -9 $$; fi
if mkdir {folder}/worker 2>/dev/null; then head -c 1000 >/dev/null; kill -9 $PPID; exit 1; fi
fi
exec {program} "$@"
"""


FEW = ["--training-rows", "20000"]  # learning is not what is tested here


def differing(run, other):
    """The files in which two published runs differ, but for the manifest."""
    folders = [os.path.realpath(os.path.join(out, "current")) for out in (run, other)]
    names = [{os.path.relpath(os.path.join(at, f), folder) for at, _, files in os.walk(folder) for f in files} - {"manifest.json"} for folder in folders]
    return sorted(names[0] ^ names[1]) + [f for f in sorted(names[0] & names[1]) if not filecmp.cmp(*[os.path.join(folder, f) for folder in folders], shallow=False)]


class Night(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = os.environ["SPARK_WINBACK_BINARY"]
        os.environ["SPARK_WINBACK_BINARY"] = cls.at("killer")  # workers get it when they start
        os.environ["PYSPARK_PYTHON"] = sys.executable
        with open(cls.at("killer"), "w") as file:
            file.write(KILLER.format(folder=cls.folder, program=cls.program))
        os.chmod(cls.at("killer"), stat.S_IRWXU)
        cls.spark = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false").getOrCreate()
        cls.spark.sparkContext.setLogLevel("OFF")
        cls.addClassCleanup(cls.spark.stop)
        subprocess.run([cls.program, "demo", "--out", cls.at("demo"), *FEW, "--log-format", "json"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.orders = cls.spark.read.parquet(cls.at("demo/orders"))

    @classmethod
    def at(cls, name):
        return os.path.join(cls.folder, name)

    def test_night_publishes_what_winback_run_publishes_though_program_and_worker_are_killed(self):
        os.mkdir(self.at("armed"))
        self.assertEqual(night.run(self.orders, "demo.orders", ["--out", self.at("out"), *FEW, "--log-format", "json"], range_lines=60_000), 0)
        os.rmdir(self.at("armed"))
        self.assertTrue(os.path.isdir(self.at("program")) and os.path.isdir(self.at("worker")), "nothing was killed")
        self.assertEqual(differing(self.at("demo"), self.at("out")), [])

    def test_night_ends_with_the_exit_code_of_winback(self):
        future = self.orders.limit(2000)
        self.assertEqual(night.run(future, "few", ["--out", self.at("few"), "--max-age", "1", "--dry-run"]), 4)
        with self.assertRaises(binary.WinbackError) as told:
            night.run(future, "few", ["--out", self.at("few"), "--store", "store"])
        self.assertEqual(told.exception.code, 2)
        self.assertFalse(os.path.exists(self.at("few/current")))

    def test_ranges_follow_the_ids_as_winback_writes_them(self):
        ids = ["13085", " 13086", "13087.0", "'13088", '="13089"', "1308", "guest", None, "", "ä 1", "B-7", "\u00a013090\u2003", "\u200b13091", '"13092"']
        kept = ["1308", "13085", "13086", "13087", "13088", "13089", "13090", "13091", "13092", "B-7", "ä 1"]
        lines = self.spark.createDataFrame([(i,) for i in ids], "customer string")
        found = lines.select(deal.customer_id(lines.customer, lines.schema["customer"].dataType).alias("id")).collect()
        self.assertEqual(sorted(r.id for r in found if r.id and r.id != "guest"), kept)

    def test_a_task_that_winback_refuses_says_why(self):
        sample = pa.table({"customer_id": ["a"], "day": pa.array([1], pa.date32()), "amount": [1.5]})
        sink = pa.BufferOutputStream()
        pq.write_table(sample, sink)
        task = deal.dealing(sink.getvalue().to_pybytes(), b"")
        with self.assertRaises(binary.WinbackError) as told:
            list(task(iter(sample.rename_columns(["customer_id", "day", "total"]).to_batches())))
        self.assertEqual((told.exception.code, binary.code_in(str(told.exception))), (3, 3))
        self.assertIn('no column "amount"', str(told.exception))


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
