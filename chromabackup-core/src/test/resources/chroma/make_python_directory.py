"""Makes python-0.5: a data directory as Chroma 0.5.5, written in Python, leaves it.

    python3 make_python_directory.py

The pickle is the real thing, made by Python's own pickler from a class of the same name; the rest
is the least that such a directory has. The queue was never purged, numbers in max_seq_id are BLOBs,
and there is none for the VECTOR segment: how far it got is in the pickle.
"""

import os
import pickle
import sqlite3
import struct
import sys
import types

RECORDS = 1100  # more than one batch of the pickler
DIMENSION = 4
LINKS = 2
QUEUED = 20  # the last records, which the index has yet to take in
COLLECTION = "11111111-1111-4111-8111-111111111111"
VECTORS = "22222222-2222-4222-8222-222222222222"
METADATA = "33333333-3333-4333-8333-333333333333"
MODULE = "chromadb.segment.impl.vector.local_persistent_hnsw"
HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORY = os.path.join(HERE, "python-0.5")


class PersistentData:
    def __init__(self, saved):
        self.dimensionality = DIMENSION
        self.total_elements_added = len(saved)
        self.max_seq_id = len(saved)
        self.id_to_label = {record: n + 1 for n, record in enumerate(saved)}
        self.label_to_id = {n + 1: record for n, record in enumerate(saved)}
        self.id_to_seq_id = {record: n + 1 for n, record in enumerate(saved)}


def pose_as_chroma():
    module = types.ModuleType(MODULE)
    module.PersistentData = PersistentData
    PersistentData.__module__ = MODULE
    sys.modules[MODULE] = module
    for parent in ("chromadb", "chromadb.segment", "chromadb.segment.impl", "chromadb.segment.impl.vector"):
        sys.modules[parent] = types.ModuleType(parent)


def write(name, content, mode="wb"):
    with open(os.path.join(DIRECTORY, VECTORS, name), mode) as out:
        out.write(content)


def make_index(saved):
    os.makedirs(os.path.join(DIRECTORY, VECTORS), exist_ok=True)
    count = len(saved)
    links = (2 * LINKS + 1) * 4
    label = links + DIMENSION * 4
    write("header.bin", struct.pack("<iQQQQQQiIQQQdQ", 1, 0, 1200, count, label + 8, label, links, 0, 0,
                                    LINKS, 2 * LINKS, LINKS, 1.4, 100))
    write("data_level0.bin", b"".join(
        struct.pack("<5I4fQ", 1, (n + 1) % count, 0, 0, 0, 1, n % 256, n // 256, 1, n + 1)
        for n in range(count)))
    write("length.bin", struct.pack("<f", 1) * count)
    write("link_lists.bin", struct.pack("<I", 0) * count)
    write("index_metadata.pickle", pickle.dumps(PersistentData(saved), pickle.HIGHEST_PROTOCOL))
    for protocol in (2, 4):
        with open(os.path.join(HERE, f"python-protocol-{protocol}.pickle"), "wb") as out:
            out.write(pickle.dumps(PersistentData(saved), protocol))


def make_database(records):
    path = os.path.join(DIRECTORY, "chroma.sqlite3")
    if os.path.exists(path):
        os.remove(path)
    database = sqlite3.connect(path)
    database.executescript(f"""
        CREATE TABLE migrations (dir TEXT NOT NULL, version INTEGER NOT NULL, filename TEXT NOT NULL,
            sql TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (dir, version));
        CREATE TABLE tenants (id TEXT PRIMARY KEY, UNIQUE (id));
        CREATE TABLE databases (id TEXT PRIMARY KEY, name TEXT NOT NULL,
            tenant_id TEXT NOT NULL REFERENCES tenants(id) ON DELETE CASCADE, UNIQUE (tenant_id, name));
        CREATE TABLE "collections" (id TEXT PRIMARY KEY, name TEXT NOT NULL, dimension INTEGER,
            database_id TEXT NOT NULL REFERENCES databases(id) ON DELETE CASCADE, config_json_str TEXT,
            UNIQUE (name, database_id));
        CREATE TABLE collection_metadata (collection_id TEXT, key TEXT NOT NULL, str_value TEXT,
            int_value INTEGER, float_value REAL, bool_value INTEGER, PRIMARY KEY (collection_id, key));
        CREATE TABLE "segments" (id TEXT PRIMARY KEY, type TEXT NOT NULL, scope TEXT NOT NULL,
            collection TEXT REFERENCES collection(id) NOT NULL);
        CREATE TABLE segment_metadata (segment_id TEXT, key TEXT NOT NULL, str_value TEXT,
            int_value INTEGER, float_value REAL, bool_value INTEGER, PRIMARY KEY (segment_id, key));
        CREATE TABLE embeddings (id INTEGER PRIMARY KEY, segment_id TEXT NOT NULL, embedding_id TEXT NOT NULL,
            seq_id BLOB NOT NULL, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
            UNIQUE (segment_id, embedding_id));
        CREATE TABLE max_seq_id (segment_id TEXT PRIMARY KEY, seq_id BLOB NOT NULL);
        CREATE TABLE embeddings_queue (seq_id INTEGER PRIMARY KEY,
            created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, operation INTEGER NOT NULL,
            topic TEXT NOT NULL, id TEXT NOT NULL, vector BLOB, encoding TEXT, metadata TEXT);
        INSERT INTO tenants VALUES ('default_tenant');
        INSERT INTO databases VALUES ('00000000-0000-0000-0000-000000000000', 'default_database', 'default_tenant');
        INSERT INTO collections VALUES ('{COLLECTION}', 'old', {DIMENSION}, '00000000-0000-0000-0000-000000000000', NULL);
        INSERT INTO collection_metadata VALUES ('{COLLECTION}', 'hnsw:space', 'cosine', NULL, NULL, NULL);
        INSERT INTO segments VALUES ('{VECTORS}', 'urn:chroma:segment/vector/hnsw-local-persisted', 'VECTOR', '{COLLECTION}');
        INSERT INTO segments VALUES ('{METADATA}', 'urn:chroma:segment/metadata/sqlite', 'METADATA', '{COLLECTION}');
        INSERT INTO segment_metadata VALUES ('{VECTORS}', 'hnsw:space', 'cosine', NULL, NULL, NULL);
    """)
    for directory, version in (("sysdb", 7), ("metadb", 3), ("embeddings_queue", 1)):
        database.execute("INSERT INTO migrations VALUES (?, ?, '', '', '')", (directory, version))
    topic = f"persistent://default/default/{COLLECTION}"
    for n, record in enumerate(records, 1):
        number = n.to_bytes(8, "big")
        database.execute("INSERT INTO embeddings (segment_id, embedding_id, seq_id) VALUES (?, ?, ?)",
                         (METADATA, record, number))
        database.execute("INSERT INTO embeddings_queue (seq_id, operation, topic, id, vector) VALUES (?, 0, ?, ?, ?)",
                         (n, topic, record, struct.pack("<4f", 1, n % 256, n // 256, 1)))
    database.execute("INSERT INTO max_seq_id VALUES (?, ?)", (METADATA, len(records).to_bytes(8, "big")))
    database.commit()
    database.close()


pose_as_chroma()
everything = [f"r{n}" for n in range(RECORDS)]
make_index(everything[:-QUEUED])
make_database(everything)
