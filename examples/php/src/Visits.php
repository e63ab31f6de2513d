<?php

declare(strict_types=1);

namespace App;

use PDO;

/** Counts visits in a file that outlives releases. */
final class Visits
{
    private PDO $database;

    public function __construct(string $folder)
    {
        $this->database = new PDO("sqlite:$folder/visits.sqlite");
        $this->database->setAttribute(PDO::ATTR_TIMEOUT, 5); // another worker may be writing
        $this->database->exec('CREATE TABLE IF NOT EXISTS visits (at TEXT NOT NULL)');
    }

    public function add(): int
    {
        $this->database->exec("INSERT INTO visits (at) VALUES (datetime('now'))");

        return (int) $this->database->query('SELECT count(*) FROM visits')->fetchColumn();
    }
}
