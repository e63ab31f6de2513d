<?php
// Written by slot, for "php -S": which requests are for a file, and which for
// index.php. What an app has beside its pages is nobody's business.
(static function (): void {
    $front = true; // index.php answers for every path that is no file
    $root = rtrim($_SERVER['DOCUMENT_ROOT'], '/');
    $path = rawurldecode(explode('?', $_SERVER['REQUEST_URI'], 2)[0]);
    $file = $root . rtrim($path, '/');
    $hidden = preg_match('~/\.(?!well-known(?:/|$))|\.(?:sqlite3?|db|sql|bak|ini)$~i', $path)
        || !$front && preg_match('~^/+(?:composer\.(?:json|lock)|Procfile|vendor(?:/.*)?)$~i', $path);
    if ($hidden && (!$front || file_exists($file))) {
        http_response_code(404);
        header('Content-Type: text/plain');
        echo "Not found\n";
        exit;
    }
    if (!$front || is_file($file) || is_file("$file/index.php") || is_file("$file/index.html")) {
        define('SLOT_PASSES', true);
        return;
    }
    $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
    $_SERVER['SCRIPT_FILENAME'] = $root . '/index.php';
    chdir($root);
})();
if (defined('SLOT_PASSES')) {
    return false; // php -S gives out the file, or runs it
}
return require $_SERVER['SCRIPT_FILENAME'];
