"""PyMongo does a day's work and prints what it saw: a line of JSON for each trial."""

import json
import os
import sys
import threading

import pymongo
from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, DeleteOne, ReplaceOne, UpdateMany
from pymongo.errors import PyMongoError

CANONICAL = json_util.CANONICAL_JSON_OPTIONS


def say(**line):
    sys.stdout.write(json_util.dumps(line, json_options=CANONICAL) + "\n")


def fault(work):
    try:
        work()
        return "no error"
    except PyMongoError as error:
        details = getattr(error, "details", None) or {}
        writes = [
            {"index": each.get("index"), "code": each.get("code"), "errmsg": each.get("errmsg")}
            for each in details.get("writeErrors", [])
        ]
        return {
            "type": type(error).__name__,
            "code": getattr(error, "code", None),
            "codeName": details.get("codeName"),
            "errmsg": details.get("errmsg"),
            "writeErrors": writes,
        }


def read(shop):
    orders = shop.orders
    return {
        "batches": list(orders.find({}, batch_size=25).sort("_id", 1)),
        "one": shop.items.find_one({"box.kind": "x"}),
        "none": shop.items.find_one({"_id": -1}),
        "projected": list(shop.items.find({}, {"label": 1}).sort("_id", -1).skip(1).limit(3)),
        "count": orders.count_documents({"tags": "late"}),
        "about": orders.estimated_document_count(),
        "distinct": sorted(orders.distinct("tags")),
        "grouped": list(
            orders.aggregate(
                [
                    {"$unwind": "$items"},
                    {"$group": {"_id": "$items.sku", "n": {"$sum": "$items.n"}}},
                    {"$sort": {"_id": 1}},
                ]
            )
        ),
        "names": sorted(shop.list_collection_names()),
        "raw": [
            each.raw.hex()
            for each in shop.get_collection(
                "orders", codec_options=orders.codec_options.with_options(document_class=RawBSONDocument)
            )
            .find({"_id": {"$lt": 5}})
            .sort("_id", 1)
        ],
    }


def write(shop):
    items = shop.items
    bulk = items.bulk_write(
        [
            InsertOne({"_id": 200, "n": 1}),
            UpdateMany({"_id": {"$gte": 200}}, {"$inc": {"n": 1}}),
            ReplaceOne({"_id": 201}, {"n": 5}, upsert=True),
            DeleteOne({"_id": 200}),
        ]
    )
    seen = {
        "one": items.insert_one({"_id": 300, "label": "new"}).inserted_id,
        "many": items.insert_many([{"_id": 301 + each} for each in range(20)]).inserted_ids,
        "bulk": {key: value for key, value in bulk.bulk_api_result.items() if key != "writeErrors"},
        "update": items.update_many({"_id": {"$gte": 300}}, {"$set": {"seen": True}}).modified_count,
        "changed": items.find_one_and_update({"_id": 300}, {"$inc": {"n": 2}}, return_document=True),
        "index": items.create_index([("label", 1)], unique=True, sparse=True),
        "indexes": sorted(items.index_information()),
        "gone": items.delete_many({"_id": {"$gte": 200}}).deleted_count,
    }
    items.drop_index("label_1")
    return seen


def errors(shop):
    items = shop.items
    return [
        fault(lambda: items.insert_one({"_id": 1})),
        fault(lambda: items.insert_many([{"_id": 400}, {"_id": 1}], ordered=False)),
        fault(lambda: items.update_one({"_id": 1}, {"$inc": {"label": 1}})),
        fault(lambda: items.delete_one({"_id": 400}) and items.drop_index("nosuch")),
        fault(lambda: shop.create_collection("items", check_exists=False)),
        fault(lambda: list(items.find({"label": {"$regex": "("}}))),
    ]


def sessions(client, shop):
    with client.start_session(causal_consistency=True) as session:
        first = list(shop.items.find({}, session=session, batch_size=2).sort("_id", 1))
    return [len(first), session.has_ended]


def threads(shop):
    found = []

    def work(number):
        found.append([number, shop.orders.find_one({"_id": number})["total"]])

    running = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return sorted(found)


def main():
    with pymongo.MongoClient(os.environ["MONGODB_URL"], retryWrites=False) as client:
        shop = client.shop
        say(version=pymongo.version)
        say(trial="connect", value=client.admin.command("ping"))
        say(trial="read", value=read(shop))
        say(trial="write", value=write(shop))
        say(trial="errors", value=errors(shop))
        say(trial="sessions", value=sessions(client, shop))
        say(trial="threads", value=threads(shop))
        say(trial="personal", value=list(shop.customers.find().sort("_id", 1)))


main()
