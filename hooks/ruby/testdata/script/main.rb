require "socket"

server = TCPServer.new(ENV.fetch("HOST"), Integer(ENV.fetch("PORT")))
loop do
  client = server.accept
  nil until client.gets.to_s.strip.empty?
  client.print "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nplain"
  client.close
end
