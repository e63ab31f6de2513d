module github.com/slot-paas/slot

go 1.26
