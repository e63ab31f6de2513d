require "bundler"
Bundler.require

get "/" do
  "hi"
end
