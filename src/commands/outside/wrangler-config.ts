/** Later ones may change what the Worker meets. */
const compatibilityDate = "2026-04-01";

/** Every ten minutes it wakes what has lost its alarm. */
const cron = "*/10 * * * *";

/** What wrangler deploys, and how. It holds no secret. */
export const wranglerConfig = `// Made by runpodboss outside init. It is yours: it is not written again.
{
  "name": "runpodboss",
  "main": "worker/worker.js",
  "no_bundle": true,
  "compatibility_date": "${compatibilityDate}",
  "compatibility_flags": ["nodejs_compat"],
  "workers_dev": true,
  "durable_objects": {
    "bindings": [{ "name": "ACCOUNTS", "class_name": "AccountGuard" }]
  },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["AccountGuard"] }],
  "triggers": { "crons": ["${cron}"] },
  "observability": { "enabled": true }
}
`;
