output "agent_id" {
  value = coder_agent.main.id
}

output "agent_token" {
  value     = coder_agent.main.token
  sensitive = true
}

output "init_script" {
  value = coder_agent.main.init_script
}

# For the machine, which each build of a changed parameter replaces anyway: the
# agent's own env would replace the agent.
output "environment" {
  value = { for s in local.slots : "SLOT_${upper(s)}_SUBDOMAIN" => local.subdomain[s] }
}

# The two secrets belong into files of these names in /run/slot, readable by the
# workspace's user alone; $SLOT_SECRETS_DIR names another folder.
output "secrets" {
  value = {
    "admin-token"   = terraform_data.admin_token.output
    "coder-session" = data.coder_workspace_owner.me.session_token
  }
  sensitive = true
}
