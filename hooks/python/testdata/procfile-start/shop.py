import factory

site = factory.build()
