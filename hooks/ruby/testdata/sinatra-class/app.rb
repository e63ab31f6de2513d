require "sinatra/base"

class App < Sinatra::Base
  get("/") { "hi" }
  run! if app_file == $0
end
