// Keeps changing the records of some collections, each record as RecordCheck wants it: its vector (as
// VectorCode has it), metadata and document all hold its number and version.
//
// What it knows of the records it reads from the server: at the start, and again whenever a request
// got no answer or an unexpected one, as from a server that was stopped, or holds other data than before.
// A version is greater than all that were read, so no content comes twice.
const fs = require("fs");

const setting = (name) => Number(process.env[name]);
const BASE = process.env.CHROMA_URL + "/api/v2/tenants/default_tenant/databases/default_database";
const COLLECTIONS = [["documents", "l2"], ["chunks", "cosine"]];
const DIMENSION = setting("DIMENSION");
const BATCH = setting("BATCH");
const RECORDS = setting("RECORDS");
const SYNC_THRESHOLD = setting("SYNC_THRESHOLD");
const PAUSE_MILLIS = setting("PAUSE_MILLIS");
// Deleted numbers come back: there are not many more than records.
const NUMBERS = 2 * RECORDS;
// Below this part of the records it only adds; the same above 1, where it only deletes.
const FULL = 0.8;
const LIMIT = 1 << 20;
const PAGE = 1000;
const COUNTER = "/tmp/written";
const REPORT_MILLIS = 200;
// A container has a second to stop.
const STOP_MILLIS = 600;

let stopping = false;
let written = fs.existsSync(COUNTER) ? Number(fs.readFileSync(COUNTER, "utf8")) : 0;

class Refused extends Error {}

const sleep = (millis) => new Promise((done) => setTimeout(done, millis));
const below = (limit) => Math.floor(Math.random() * limit);

async function call(method, path, body) {
  const answer = await fetch(BASE + path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(120000),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Refused(`${answer.status} ${method} ${path}: ${text}`);
  }
  return text === "" ? null : JSON.parse(text);
}

function vector(number, version) {
  const vector = [1, number % 256, Math.floor(number / 256), version];
  for (let i = vector.length; i < DIMENSION; i++) {
    vector.push((31 * number + 17 * version + 7 * i) % 256);
  }
  return vector;
}

class Load {
  constructor(name, space) {
    this.name = name;
    this.space = space;
    this.present = null;
    this.filled = false;
  }

  async learn() {
    const collection = await call("POST", "/collections", {
      name: this.name,
      get_or_create: true,
      configuration: { hnsw: { space: this.space, sync_threshold: SYNC_THRESHOLD } },
    });
    this.path = "/collections/" + collection.id;
    this.version = 0;
    const present = new Set();
    let page;
    for (let offset = 0; !page || page.ids.length > 0; offset += page.ids.length) {
      page = await call("POST", this.path + "/get", { offset, limit: PAGE, include: ["metadatas"] });
      page.ids.forEach((id) => present.add(Number(id.substring(1))));
      page.metadatas.forEach((m) => (this.version = Math.max(this.version, m.version)));
    }
    this.present = present;
  }

  async step() {
    if (this.present === null) {
      await this.learn();
    }
    this.version = (this.version % (LIMIT - 1)) + 1;
    const share = this.present.size / RECORDS;
    const dice = Math.random();
    if (share >= FULL && !this.filled) {
      this.filled = true;
      console.log("filled " + this.name);
    }
    if (share < FULL || (share < 2 - FULL && dice < 0.2)) {
      await this.put("add", this.choose(BATCH, false));
    } else if (share > 2 - FULL || dice < 0.4) {
      const gone = this.choose(BATCH, true);
      await this.write("delete", gone, { ids: gone.map((number) => "r" + number) });
      gone.forEach((number) => this.present.delete(number));
    } else if (dice < 0.7) {
      await this.put("update", this.choose(BATCH, true));
    } else {
      const known = this.choose(BATCH / 2, true);
      await this.put("upsert", known.concat(this.choose(BATCH / 2, false)));
    }
  }

  async put(operation, numbers) {
    await this.write(operation, numbers, {
      ids: numbers.map((number) => "r" + number),
      embeddings: numbers.map((number) => vector(number, this.version)),
      documents: numbers.map((number) => `record ${number} v${this.version}`),
      metadatas: numbers.map(() => ({ version: this.version })),
    });
    numbers.forEach((number) => this.present.add(number));
  }

  async write(operation, numbers, body) {
    await call("POST", this.path + "/" + operation, body);
    written += numbers.length;
  }

  /** Some numbers of records that are there, or are not. */
  choose(count, there) {
    const chosen = [];
    const start = below(NUMBERS);
    const stride = 1 + below(3);
    const seen = new Set();
    for (let i = 0; i < NUMBERS && chosen.length < count; i++) {
      const number = (start + i * stride) % NUMBERS;
      if (this.present.has(number) === there && !seen.has(number)) {
        seen.add(number);
        chosen.push(number);
      }
    }
    return chosen;
  }

  async run() {
    while (!stopping) {
      try {
        await this.step();
        await sleep(PAUSE_MILLIS);
      } catch (e) {
        // What the server did with the request is not known.
        this.present = null;
        const what = e instanceof Refused ? "refused " : "interrupted ";
        console.log(what + this.name + " " + e.message.replace(/\s+/g, " "));
        await sleep(200);
      }
    }
  }
}

function report() {
  fs.writeFileSync(COUNTER, String(written));
  console.log("written " + written);
}

process.on("SIGTERM", () => {
  stopping = true;
  setTimeout(() => process.exit(0), STOP_MILLIS).unref();
});

const reports = setInterval(report, REPORT_MILLIS);
Promise.all(COLLECTIONS.map(([name, space]) => new Load(name, space).run())).then(() => {
  clearInterval(reports);
  report();
  process.exit(0);
});
