// Keeps the time of the page's heartbeat: workers are not slowed in hidden tabs.
setInterval(() => postMessage(0), 250);
