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

output "admin_token" {
  value       = terraform_data.admin_token.output
  description = "Belongs into a file that startup.sh reads: $SLOT_ADMIN_TOKEN_FILE, or /run/slot/admin-token."
  sensitive   = true
}
