// fetch for the paths of the matrix when stdin says where.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
console.log('ready');
process.stdin.once('data', async data => {
  const root = data.toString().trim();
  for (const path of ['/ok', '/ok', '/echo', '/missing', '/error', '/chunked', '/big']) {
    const answer = await fetch(root + path, path === '/echo' ? { method: 'POST', body: 'y'.repeat(1000) } : {});
    await answer.arrayBuffer();
    console.log(answer.status);
  }
  process.exit(0);
});
