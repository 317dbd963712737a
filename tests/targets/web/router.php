<?php
// The paths of the matrix, for php -S.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$answers = ['/ok' => [200, "ok\n"], '/error' => [500, "no\n"], '/big' => [200, str_repeat('x', 300000)], '/chunked' => [200, 'onetwo']];
[$status, $body] = $_SERVER['REQUEST_METHOD'] === 'POST' ? [200, strlen(file_get_contents('php://input')) . " bytes\n"] : $answers[$path] ?? [404, "missing\n"];
http_response_code($status);
header('Content-Length: ' . strlen($body));
echo $body;
