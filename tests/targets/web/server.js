// node's http or https with the paths of the matrix: server.js PORT [CERTIFICATE KEY].
const fs = require('fs');

const [port, certificate, key] = process.argv.slice(2);
const handler = (request, response) => {
  let bytes = 0;
  request.on('data', part => { bytes += part.length; });
  request.on('end', () => {
    if (request.url === '/chunked') { response.write('one'); response.end('two'); return; }
    const [status, body] = request.method === 'POST' ? [200, `${bytes} bytes\n`]
      : { '/ok': [200, 'ok\n'], '/error': [500, 'no\n'], '/big': [200, 'x'.repeat(300000)] }[request.url] ?? [404, 'missing\n'];
    response.writeHead(status, { 'Content-Length': body.length });
    response.end(body);
  });
};
const server = certificate
  ? require('https').createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, handler)
  : require('http').createServer(handler);
server.listen(Number(port), '127.0.0.1');
