package main

import "example.com/w/shared"

func main() { println(shared.Hello) }
