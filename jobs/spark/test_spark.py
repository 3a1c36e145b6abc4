"""winback-spark against winback run, in this process and on a master with two workers: make test-spark.

Needs PySpark, pyarrow, Java and the program at SPARK_WINBACK_BINARY. SPARK_SHOP names a
folder of order files for the master; without it that of retail_orders, else a generated shop.
"""

import filecmp
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from winback_spark import binary, deal, night

# Once armed with the names of victims, kills each in the middle of one range of every
# stage, of those that are dealt, counted, looked back on and scored: the program, the
# Python worker that has called it, the executor behind both. The tasks that they belonged
# to are repeated.
KILLER = """#!/bin/bash
parent() {{ awk '{{print $4}}' /proc/$1/stat; }}
if [ "$1" = kernel -a -d {folder}/armed ]; then
stage=$2
if [ $2 = stage ]; then stage=$(grep -aoE '"stage":"[a-z]+"' $4 | cut -d '"' -f 4); fi
for victim in $(ls {folder}/armed); do
if mkdir {folder}/killed/$stage-$victim 2>{folder}/taken; then
head -c 1000 >{folder}/begun
case $victim in
program) kill -9 $$;;
worker) kill -9 $PPID; exit 1;;
executor) kill -9 $(parent $(parent $PPID)); exit 1;;
esac
fi
done
fi
exec {program} "$@"
"""


FEW = ["--training-rows", "20000", "--log-format", "json"]  # learning is not what is tested here
SHOP = os.environ.get("SPARK_SHOP") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/data/retail_orders")


def differing(run, other):
    """The files in which two published runs differ, but for the manifest."""
    folders = [os.path.realpath(os.path.join(out, "current")) for out in (run, other)]
    names = [{os.path.relpath(os.path.join(at, f), folder) for at, _, files in os.walk(folder) for f in files} - {"manifest.json"} for folder in folders]
    return sorted(names[0] ^ names[1]) + [f for f in sorted(names[0] & names[1]) if not filecmp.cmp(*[os.path.join(folder, f) for folder in folders], shallow=False)]


def setUpModule():
    OnSpark.folder = unittest.enterModuleContext(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    OnSpark.program = os.environ["SPARK_WINBACK_BINARY"]
    os.environ["SPARK_WINBACK_BINARY"] = OnSpark.at("killer")  # Java and workers get it when they start
    os.environ["PYSPARK_PYTHON"], os.environ["PYTHONPATH"] = sys.executable, os.path.dirname(os.path.abspath(__file__))
    with open(OnSpark.at("killer"), "w") as file:
        file.write(KILLER.format(folder=OnSpark.folder, program=OnSpark.program))
    os.chmod(OnSpark.at("killer"), stat.S_IRWXU)


class OnSpark(unittest.TestCase):
    """A session whose workers call the program through the killer."""

    @classmethod
    def setUpClass(cls):
        builder = SparkSession.builder.master(cls.master()).config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        cls.spark = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1").config("spark.executor.memory", "1g").getOrCreate()
        cls.spark.sparkContext.setLogLevel("OFF")
        cls.addClassCleanup(cls.spark.stop)

    @classmethod
    def at(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def winback(cls, *arguments):
        with open(cls.at("log"), "w") as log:
            subprocess.run([cls.program, *arguments], check=True, stdout=log, stderr=log)

    def published_though_killed(self, orders, plain, victims):
        """The night publishes what the plain run has, though the victims are killed."""
        out = self.at("out-" + type(self).__name__)
        os.makedirs(self.at("killed"))
        for victim in victims:
            os.makedirs(self.at("armed/" + victim))
        self.assertEqual(night.run(orders, "shop.orders", ["--out", out, *FEW], range_lines=60_000), 0)
        self.assertEqual(sorted(os.listdir(self.at("killed"))), sorted(f"{task}-{victim}" for task in ("deal", "survey", "lookback", "score") for victim in victims), "killed")
        shutil.rmtree(self.at("armed"))
        shutil.rmtree(self.at("killed"))
        self.assertEqual(differing(plain, out), [])


class Night(OnSpark):
    @classmethod
    def master(cls):
        return "local[2,4]"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.winback("demo", "--out", cls.at("demo"), *FEW)
        cls.orders = cls.spark.read.parquet(cls.at("demo/orders"))

    def test_night_publishes_what_winback_run_publishes_though_program_and_worker_are_killed(self):
        self.published_though_killed(self.orders, self.at("demo"), ["program", "worker"])

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


class Cluster(OnSpark):
    """A master with two workers on this machine."""

    @classmethod
    def master(cls):
        url = cls.daemon("org.apache.spark.deploy.master.Master", r"Starting Spark master at (spark://\S+)", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        for worker in "ab":
            cls.daemon("org.apache.spark.deploy.worker.Worker", r"(Successfully registered)", "--host", "127.0.0.1", "--webui-port", "0", "-c", "1", "-m", "1g", "-d", cls.at("worker-" + worker), url)
        return url

    @classmethod
    def daemon(cls, name, ready, *arguments):
        log = cls.at(f"{name}-{len(os.listdir(cls.folder))}.log")
        with open(log, "w") as out:
            process = subprocess.Popen([os.path.join(os.path.dirname(pyspark.__file__), "bin/spark-class"), name, *arguments], stdout=out, stderr=out, start_new_session=True)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(os.killpg, process.pid, signal.SIGTERM)
        for _ in range(600):
            with open(log) as text:
                found = re.search(ready, text.read())
            if found:
                return found.group(1)
            time.sleep(0.2)
        raise RuntimeError(f"{name} does not start: {log}")

    def test_night_publishes_what_winback_run_publishes_though_an_executor_is_killed_too(self):
        shop = SHOP
        if not os.path.isdir(shop):
            shop = self.at("shop")
            self.winback("generate", "--out", shop, "--customers", "12000")
        orders = with_placeholders(self.spark.read.parquet(shop))
        orders.write.parquet(self.at("orders"))
        self.winback("run", self.at("orders"), "--out", self.at("plain"), *FEW)
        self.published_though_killed(self.spark.read.parquet(self.at("orders")), self.at("plain"), ["program", "worker", "executor"])


def with_placeholders(orders):
    """Some rows on a day that stands for none: what Spark repeats of them comes in another order."""
    day, order = ("order_date" if "order_date" in orders.columns else "ordered_at"), orders.columns[1]
    none = F.lit("1970-01-01 00:00:00").cast(orders.schema[day].dataType)
    return orders.withColumn(day, F.when(F.hash(order) % 300 == 0, none).otherwise(F.col(day)))


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
