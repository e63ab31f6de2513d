export default { build: { outDir: 'build/site' } }
