require "json"
require "sinatra/base"

class App < Sinatra::Base
  set :started, Time.now.utc

  helpers do
    def h(text) = Rack::Utils.escape_html(text)
  end

  get "/" do
    @greeting = ENV.fetch("GREETING", "Hello from Sinatra")
    @name = ENV.fetch("SLOT_NAME", "?")
    @release = ENV.fetch("SLOT_RELEASE", "?")
    erb :index
  end

  get "/healthz" do
    content_type :json
    { ok: true, release: ENV["SLOT_RELEASE"] }.to_json
  end
end
