<?php

declare(strict_types=1);

require __DIR__ . '/../vendor/autoload.php';

$env = static fn (string $name, string $default): string => getenv($name) ?: $default;
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

if ($path === '/healthz') {
    header('Content-Type: application/json');
    echo json_encode(['ok' => true, 'release' => $env('SLOT_RELEASE', '?')]);
    return;
}
if ($path !== '/') {
    http_response_code(404);
    header('Content-Type: text/plain');
    echo "Not found\n";
    return;
}

$greeting = htmlspecialchars($env('GREETING', 'Hello from PHP'));
$slot = htmlspecialchars($env('SLOT_NAME', '?'));
$release = htmlspecialchars($env('SLOT_RELEASE', '?'));
$visits = (new App\Visits($env('SLOT_STORAGE', sys_get_temp_dir())))->add();
?>
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?= $greeting ?></title>
<link rel="stylesheet" href="/site.css">
<h1><?= $greeting ?></h1>
<p>Slot <?= $slot ?>, release <?= $release ?>. Visit number <?= $visits ?>.</p>
</html>
