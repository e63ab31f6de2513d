class Words {
    static final String HELLO = "hello";
}
