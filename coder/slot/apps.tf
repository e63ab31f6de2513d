# The token that opens the admin. It is made once and kept in Terraform's state,
# so that the button's link and the workspace agree without anything of the
# agent's changing from build to build. docs/decisions/0040 tells why.
resource "terraform_data" "admin_token" {
  input = "${uuid()}${uuid()}"
  lifecycle {
    ignore_changes = [input]
  }
}

# No health checks here: an empty or stopped slot answers with a page that says
# so. The state of each slot stands in the agent's metadata.
resource "coder_app" "slot" {
  for_each     = toset(local.slots)
  agent_id     = coder_agent.main.id
  slug         = local.subdomain[each.key]
  display_name = local.refused[each.key] ? "Slot ${upper(each.key)} (not \"${local.wanted[each.key]}\")" : "Slot ${upper(each.key)}"
  icon         = "/icon/widgets.svg"
  url          = "http://127.0.0.1:${var.base_port + index(local.slots, each.key)}"
  subdomain    = true
  share        = data.coder_parameter.share.value
  group        = "Slots"
  order        = index(local.slots, each.key) + 1
  open_in      = "tab"
}

resource "coder_app" "admin" {
  agent_id     = coder_agent.main.id
  slug         = "admin"
  display_name = "Admin"
  icon         = "/icon/dashboard.svg"
  # Coder sends a visitor of / to /?token=…; a path here would stand before
  # every path of the admin.
  url       = "http://127.0.0.1:${var.admin_port}/?token=${terraform_data.admin_token.output}"
  subdomain = true
  share     = "owner"
  order     = 6
  open_in   = "tab"
}

# GitHub has no account here; each delivery is signed instead.
resource "coder_app" "webhook" {
  agent_id  = coder_agent.main.id
  slug      = "webhook"
  url       = "http://127.0.0.1:${var.webhook_port}"
  subdomain = true
  share     = "public"
  hidden    = true
}

resource "coder_app" "pgadmin" {
  agent_id     = coder_agent.main.id
  slug         = "pgadmin"
  display_name = "pgAdmin"
  icon         = "/icon/database.svg"
  url          = "http://127.0.0.1:${var.pgadmin_port}"
  subdomain    = true
  share        = "owner"
  order        = 7
  open_in      = "tab"
  # Answers only when pgAdmin itself does: it may be switched off.
  healthcheck {
    url       = "http://127.0.0.1:${var.pgadmin_port}/misc/ping"
    interval  = 10
    threshold = 6
  }
}

resource "coder_app" "psql" {
  agent_id     = coder_agent.main.id
  slug         = "psql"
  display_name = "psql"
  icon         = "/icon/terminal.svg"
  command      = "slot db psql"
  order        = 8
}
