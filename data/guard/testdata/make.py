"""Writes the sound files of this folder, by other programs than the one that
is tested. Run once with pyarrow, duckdb, polars and fastparquet: python make.py"""
import datetime as dt
import decimal
import os
import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "sound"))
random.seed(7)


def orders(n):
    day0 = dt.datetime(2010, 1, 4, 9, 30)
    rows = range(n)
    times = [day0 + dt.timedelta(minutes=random.randrange(500_000)) for _ in rows]
    return pa.table({
        "customer_id": pa.array([random.randrange(90) + 12000 for _ in rows], pa.int64()),
        "order_id": pa.array([f"{'C' if random.random() < .05 else ''}{480000 + i // 3}" for i in rows]),
        "order_time": pa.array(times, pa.timestamp("us")),
        "order_date": pa.array([t.date() for t in times], pa.date32()),
        "amount": pa.array([decimal.Decimal(random.randrange(-500, 20000)) / 100 for _ in rows], pa.decimal128(12, 2)),
        "price": pa.array([None if random.random() < .1 else round(random.random() * 40, 2) for _ in rows], pa.float64()),
        "quantity": pa.array([None if random.random() < .2 else random.randrange(1, 30) for _ in rows], pa.int32()),
        "product": pa.array([None if random.random() < .05 else random.choice("abcdefgh") * 3 + str(random.randrange(40)) for _ in rows]),
        "channel": pa.array([random.choice(["web", "phone", "shop"]) for _ in rows]),
        "gift": pa.array([None if i % 7 == 0 else i % 3 == 0 for i in rows], pa.bool_()),
        "nothing": pa.array([None] * n, pa.null()),
        "empty": pa.array([None] * n, pa.float64()),
    })


def nested(t):
    n = t.num_rows
    t = t.append_column("tags", pa.array([[] if i % 5 == 0 else None if i % 11 == 0 else ["x", str(i % 4)] for i in range(n)], pa.list_(pa.string())))
    return t.append_column("box", pa.array([None if i % 6 == 0 else {"w": i, "h": float(i)} for i in range(n)]))


t = orders(340)
pq.write_table(nested(t), "pyarrow-snappy-sums.parquet", row_group_size=140, data_page_size=400, write_batch_size=40,
               write_page_checksum=True, dictionary_pagesize_limit=300)
pq.write_table(nested(t), "pyarrow-snappy.parquet", row_group_size=140, data_page_size=400, write_batch_size=40,
               dictionary_pagesize_limit=300)
pq.write_table(t, "pyarrow-zstd.parquet", compression="zstd", row_group_size=250)
pq.write_table(t, "pyarrow-zstd-sums-v2.parquet", compression="zstd", data_page_version="2.0", write_page_checksum=True)
pq.write_table(nested(t), "pyarrow-gzip-v2.parquet", compression="gzip", data_page_version="2.0", data_page_size=600, write_batch_size=50)
pq.write_table(t, "pyarrow-lz4.parquet", compression="lz4")
pq.write_table(t.slice(0, 200), "pyarrow-brotli.parquet", compression="brotli")
pq.write_table(t.slice(0, 250), "pyarrow-plain-int96.parquet", compression="none", use_deprecated_int96_timestamps=True, use_dictionary=False)
pq.write_table(t, "pyarrow-dictionary-none.parquet", compression="none")
pq.write_table(t.drop_columns(["gift", "nothing"]), "pyarrow-delta.parquet", compression="none", data_page_version="2.0", use_dictionary=False,
               column_encoding={"customer_id": "DELTA_BINARY_PACKED", "order_time": "DELTA_BINARY_PACKED", "order_date": "DELTA_BINARY_PACKED",
                                "quantity": "DELTA_BINARY_PACKED", "order_id": "DELTA_BYTE_ARRAY", "product": "DELTA_LENGTH_BYTE_ARRAY",
                                "channel": "DELTA_BYTE_ARRAY", "amount": "BYTE_STREAM_SPLIT", "price": "BYTE_STREAM_SPLIT"})
pq.write_table(t.drop_columns(["nothing"]), "pyarrow-delta-snappy.parquet", compression="snappy", use_dictionary=False,
               column_encoding={"customer_id": "DELTA_BINARY_PACKED", "order_time": "DELTA_BINARY_PACKED", "order_date": "DELTA_BINARY_PACKED",
                                "quantity": "DELTA_BINARY_PACKED", "order_id": "DELTA_LENGTH_BYTE_ARRAY", "product": "DELTA_BYTE_ARRAY",
                                "channel": "DELTA_LENGTH_BYTE_ARRAY", "amount": "DELTA_BYTE_ARRAY", "price": "BYTE_STREAM_SPLIT", "gift": "PLAIN"})
pq.write_table(t.slice(0, 0), "pyarrow-no-rows.parquet")
flat = t.drop_columns(["nothing"])
con = duckdb.connect()
con.register("flat", flat)
for name, options in {
    "duckdb": "",
    "duckdb-v2": ", PARQUET_VERSION v2, COMPRESSION zstd",
    "duckdb-uncompressed": ", COMPRESSION uncompressed",
}.items():
    con.execute(f"COPY (SELECT * FROM flat) TO '{name}.parquet' (FORMAT parquet{options})")
try:
    import fastparquet
    import polars
except ImportError:
    fastparquet = None
if fastparquet:
    polars.from_arrow(flat).write_parquet("polars-zstd.parquet", row_group_size=130, data_page_size=500)
    p = flat.drop_columns(["empty", "gift"]).to_pandas()
    p["amount"] = p["amount"].astype(float)
    p["order_date"] = p["order_date"].astype("datetime64[ns]")
    for c in ["order_id", "product", "channel"]:
        p[c] = p[c].astype("category")
    fastparquet.write("fastparquet-snappy.parquet", p, compression="SNAPPY", row_group_offsets=[0, 150])
