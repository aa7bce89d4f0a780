// What a box says of itself at a moment: one line that matters, one line more, and what can be done to it.

/** Write a number as the page does; small ones keep a digit. */
function amountText(n, signs) {
  if (n > 0 && n < 10 && Math.abs(n - Math.round(n)) > 0.05) return n.toFixed(1).replace(".", signs.decimal ?? ".");
  return numberText(n, signs);
}

const MAIN = {
  "api-gateway": (f) => ["per_s_in", { n: f.in }],
  "lambda-function": (f) => ["environments", { n: f.size }],
  "fargate-service": (f) => ["tasks", { n: f.size }],
  "sqs-queue": (f) => ["waiting", { n: f.queued }],
  "sns-topic": (f) => ["per_s", { n: f.in }],
  "state-machine": (f) => ["running", { n: f.working }],
  "appsync-api": (f) => ["clients", { n: f.size }],
  "dynamodb-table": (f) => ["units", { n: f.asked, limit: f.limit }],
  "aurora-cluster": (f) => ["acu", { n: f.size }],
  "s3-bucket": (f) => ["objects", { n: f.size }],
};
const MORE = {
  "api-gateway": (f) => ["in_hands", { n: f.working }],
  "sqs-queue": (f) => ["in_hands", { n: f.working }],
  "sns-topic": (f) => ["undelivered", { n: f.queued }],
};
/** What lies aside for good: a queue always says so, others when there is something. */
const trayOf = (box, f) => (box.kind === "sqs-queue" ? (box.has_dlq ? "dlq" : "no_dlq") : f.dead > 0 ? "caught" : "");

function linesOf(box, f, states, say, signs) {
  const text = ([word, values]) => say(`box.${word}`, Object.fromEntries(Object.entries(values).map(([key, n]) => [key, amountText(n, signs)])));
  const state = ["broken", "paused", "asleep", "waking", "away"].find((one) => states.includes(one));
  return { main: state ? say(`state.${state}`) : text(MAIN[box.kind](f)), more: text((MORE[box.kind] ?? ((g) => ["per_s", { n: g.in }]))(f)) };
}

/** List what can be done to a box now. */
function boxOffers(box, f, states, zones) {
  const one = (word, act, tone = "", values = {}) => ({ word, act, tone, values });
  const offers = [];
  if (box.kind === "api-gateway") {
    offers.push(one("spike", { do: "spike", factor: 5, for_s: 60 }), one("hot-key", { do: "hot-key", share: 0.9, for_s: 60 }), one("poison", { do: "poison", orders: 20 }, "danger"));
  }
  if (["lambda-function", "fargate-service", "aurora-cluster"].includes(box.kind)) {
    const resting = states.includes("paused") || states.includes("asleep"), kind = box.kind === "aurora-cluster" ? "-db" : "";
    offers.push(resting ? one(`resume${kind}`, { do: "resume-box", box: box.name }) : one(`pause${kind}`, { do: "pause-box", box: box.name }));
  }
  if (box.kind === "sqs-queue" && f.dead > 0) offers.push(one("redrive", { do: "redrive", box: box.name }, "", { n: f.dead }));
  offers.push(one("break-box", { do: "break-box", box: box.name, for_s: 60 }, "danger"));
  offers.push(one("fail-zone", { do: "fail-zone", zone: zones[0], box: box.name }, "danger", { zone: zones[0] }));
  return offers;
}
