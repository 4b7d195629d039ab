// The least that a Deno program can cost: it waits if it is told to.
if (Deno.args[0] === "wait") setInterval(() => {}, 1000);
