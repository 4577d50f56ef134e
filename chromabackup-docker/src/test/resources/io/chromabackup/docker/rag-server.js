// Stands in for an application: it is healthy if it reaches Chroma, and only then.
const http = require("http");
const heartbeat = process.env.CHROMA_URL + "/api/v2/heartbeat";

async function reachesChroma() {
  try {
    const answer = await fetch(heartbeat, { signal: AbortSignal.timeout(2000) });
    return answer.ok;
  } catch (e) {
    return false;
  }
}

async function answer(request, response) {
  if (request.url !== "/health") {
    response.writeHead(404).end();
    return;
  }
  const up = await reachesChroma();
  response.writeHead(up ? 200 : 503, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ status: up ? "healthy" : "unhealthy" }));
}

process.on("SIGTERM", () => process.exit(0));
http.createServer(answer).listen(8001, "0.0.0.0");
