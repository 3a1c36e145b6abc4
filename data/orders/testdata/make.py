"""Writes the order files of the folder writers, all of the same orders, by other
programs than the one that is tested, and those orders as orders.csv. Run once
with pyarrow and duckdb: python make.py"""
import csv
import datetime as dt
import decimal
import os
import random
import shutil
import zoneinfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

os.chdir(os.path.dirname(os.path.abspath(__file__)))
shutil.rmtree("writers", ignore_errors=True)
os.mkdir("writers")
random.seed(11)

ROWS = 150
berlin = zoneinfo.ZoneInfo("Europe/Berlin")
orders = []
for i in range(ROWS):
    order = i // 2
    at = dt.datetime(2010, 1, 4, 9, 30) + dt.timedelta(minutes=7919 * order % 500_000)
    if order % 9 == 0:  # about the changes of the clock: 2010-03-28 and 2010-10-31
        at = [dt.datetime(2010, 3, 28, 1, 30), dt.datetime(2010, 3, 28, 3, 30), dt.datetime(2010, 10, 31, 1, 30), dt.datetime(2010, 10, 31, 4, 30)][order // 9 % 4]
    quantity = -1 if i % 19 == 3 else 1 + i % 4
    cents = 95 + 211 * i % 3000
    orders.append({
        "customer_id": None if i % 37 == 5 else 12000 + order * 7 % 30, "order_id": f"{'C' if quantity < 0 else ''}{480000 + order}", "line_num": i % 2 + 1, "order_time": at,
        "amount": decimal.Decimal(cents * quantity).scaleb(-2), "quantity": quantity, "sku": f"P{i * 31 % 23:03d}",
        "category": None if i % 6 == 0 else ["garden", "Küche", "日用"][i % 3], "channel": ["web", "phone"][order % 2],
    })

with open("writers/orders.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(orders[0])
    for o in orders:
        out.writerow("" if v is None else v for v in o.values())


def column(name, kind, of=lambda v: v):
    return pa.array([None if o[name] is None else of(o[name]) for o in orders], kind)


def table(**other):
    kinds = {
        "customer_id": pa.int64(), "order_id": pa.string(), "line_num": pa.int32(), "order_time": pa.timestamp("us"), "amount": pa.decimal128(12, 2),
        "quantity": pa.int64(), "sku": pa.string(), "category": pa.string(), "channel": pa.string(),
    }
    return pa.table({n: other.get(n, None) or column(n, k) for n, k in kinds.items()})


def text(v):
    return f"{v:%Y-%m-%d %H:%M:%S}" if isinstance(v, dt.datetime) else str(v)


def write(t, name, **options):
    pq.write_table(t, f"writers/{name}.parquet", **options)


zoned = column("order_time", pa.timestamp("ms", "Europe/Berlin"), lambda v: v.replace(tzinfo=berlin))
plain = table()
write(plain, "pyarrow")
write(plain, "pyarrow-v2-zstd", compression="zstd", data_page_version="2.0", row_group_size=40)
write(plain, "pyarrow-checksums", compression="gzip", write_page_checksum=True, data_page_size=300, write_batch_size=20)
write(plain, "pyarrow-int96", use_deprecated_int96_timestamps=True, compression="none")
write(plain, "pyarrow-mixed", dictionary_pagesize_limit=60, data_page_size=100, write_batch_size=10)
write(plain, "pyarrow-brotli-plain", compression="brotli", use_dictionary=False)
write(plain, "pyarrow-lz4", compression="lz4", row_group_size=30)
write(plain, "pyarrow-decimal-int", store_decimal_as_integer=True)
write(plain, "pyarrow-version-1", version="1.0", coerce_timestamps="ms")
write(plain, "pyarrow-delta", use_dictionary=False, column_encoding={
    "customer_id": "DELTA_BINARY_PACKED", "order_time": "DELTA_BINARY_PACKED", "quantity": "DELTA_BINARY_PACKED", "order_id": "DELTA_BYTE_ARRAY",
    "sku": "DELTA_LENGTH_BYTE_ARRAY", "category": "DELTA_BYTE_ARRAY", "amount": "BYTE_STREAM_SPLIT", "channel": "DELTA_LENGTH_BYTE_ARRAY"})
write(table(customer_id=column("customer_id", pa.float64(), float), amount=column("amount", pa.float64(), float), quantity=column("quantity", pa.float32(), float)), "pyarrow-doubles")
write(table(**{n: column(n, pa.string(), text) for n in ["customer_id", "line_num", "order_time", "amount", "quantity"]}), "pyarrow-texts")
write(table(**{n: column(n, pa.binary(), lambda v: text(v).encode()) for n in ["customer_id", "order_id", "order_time", "sku", "category", "channel"]}), "pyarrow-binary")
write(table(**{n: column(n, pa.string()).dictionary_encode() for n in ["order_id", "sku", "category", "channel"]}), "pyarrow-categories")
write(table(**{n: column(n, pa.large_string()) for n in ["order_id", "sku", "category", "channel"]}, order_time=column("order_time", pa.timestamp("ns"))), "pyarrow-large")
write(table(amount=column("amount", pa.decimal256(40, 6))), "pyarrow-decimal256")
write(table(order_time=zoned), "berlin-pyarrow")
write(table(order_time=column("order_time", pa.int64(), lambda v: int(v.replace(tzinfo=berlin).timestamp()))), "berlin-epoch")

duckdb.sql("SET TimeZone = 'Europe/Berlin'")
duckdb.register("plain", plain)
duckdb.register("zoned", table(order_time=zoned))
duckdb.sql("COPY plain TO 'writers/duckdb.parquet' (FORMAT parquet)")
duckdb.sql("COPY (SELECT * REPLACE (amount::DECIMAL(38,8) AS amount, quantity::TINYINT AS quantity, order_time::TIMESTAMP_NS AS order_time) FROM plain) TO 'writers/duckdb-zstd.parquet' (FORMAT parquet, COMPRESSION zstd)")
duckdb.sql("COPY (SELECT * REPLACE (customer_id::HUGEINT AS customer_id, amount::FLOAT AS amount, quantity::UINTEGER AS quantity) FROM plain WHERE quantity > 0) TO 'writers/purchases-duckdb.parquet' (FORMAT parquet, PARQUET_VERSION v2)")
duckdb.sql("COPY zoned TO 'writers/berlin-duckdb.parquet' (FORMAT parquet)")
duckdb.sql("COPY plain TO 'writers/duckdb-hive' (FORMAT parquet, PARTITION_BY (channel, category))")
