// server.js PORT CERTIFICATE KEY: as server.py. Node moves the ciphertext itself, by memory BIOs.
const https = require('https'), fs = require('fs');
const [port, cert, key] = process.argv.slice(2);
https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (request, response) => {
  const [, kind, number] = request.url.split('/');
  let length = 0;
  request.on('data', part => length += part.length).on('end', () => {
    const body = kind === 'bytes' ? 'x'.repeat(+number) : kind === 'length' ? String(length) : 'status';
    response.writeHead(kind === 'status' ? +number : 200, { 'Content-Length': body.length });
    response.end(body);
  });
}).listen(+port, '127.0.0.1');
