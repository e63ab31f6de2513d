module example.com/w/api

go 1.22
