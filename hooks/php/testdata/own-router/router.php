<?php
if (PHP_SAPI === "cli-server" && is_file(__DIR__ . $_SERVER["REQUEST_URI"])) {
    return false;
}
require "index.php";
