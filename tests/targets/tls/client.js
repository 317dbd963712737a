// client.js: gets each URL of stdin and answers with its status; by fetch where the line says so. Memory BIOs.
const https = require('https'), readline = require('readline');
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const agent = new https.Agent({ keepAlive: true });
readline.createInterface({ input: process.stdin }).on('line', line => {
  const [word, url] = line.split(' ');
  if (word === 'fetch') fetch(url).then(async response => { await response.text(); console.log(response.status); });
  else https.get(word, { agent }, response => response.resume().on('end', () => console.log(response.statusCode)));
});
console.log('ready');
