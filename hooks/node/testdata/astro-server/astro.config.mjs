export default { output: 'server' }
