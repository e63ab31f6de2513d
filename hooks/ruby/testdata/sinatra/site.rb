require "sinatra"

get("/") { "hi" }
