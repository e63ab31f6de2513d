Bun.serve({ fetch: () => new Response("hello") });
