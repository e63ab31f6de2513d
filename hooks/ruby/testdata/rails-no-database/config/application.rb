class Api < Rails::Application
end
